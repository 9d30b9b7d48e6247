"""Cases from application to decision, authorisations with their volumes, and the rules that bind them."""
