"""One AWS account on this machine, for npm run conformance: moto, and what this project adds to it."""
