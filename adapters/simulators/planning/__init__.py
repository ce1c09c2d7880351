"""Make up the planning population: many people in two boroughs, their contacts, and what is true of them."""
