"""What an image file may be, and how it is decoded."""
