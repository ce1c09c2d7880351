"""When and for whom a release is made: asked for, approved, made, published, ended."""
