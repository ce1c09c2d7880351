"""ViewDefinitions compiled to SQL: `compile_view`, and `run_view` on files of the store."""
