"""The books under load: sales, batches, growth, questions, `karya verify`, other programs."""
