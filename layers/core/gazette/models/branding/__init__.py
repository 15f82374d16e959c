"""The settings of a site, and what they say of its brand: names, images, colours, footer, times."""
