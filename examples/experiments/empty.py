# Nothing: what every other experiment is compared with.
