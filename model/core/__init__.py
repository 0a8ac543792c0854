"""What any such model needs, and knows no community: numbers, chance, time, kernels, columns."""
