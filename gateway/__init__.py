"""The shared care record service: patient view, access, audit, store, routes and pages."""
