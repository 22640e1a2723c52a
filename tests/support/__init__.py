"""What tests share: made-up classes and results, student kits, hostile submissions, pages to be looked at."""
