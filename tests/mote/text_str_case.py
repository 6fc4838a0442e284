# needs: unicode rare
# upper and lower case, kinds of characters; Latin, Greek and Cyrillic too
# not on: small
words = ['hello world', 'Hello World', 'HELLO', '', '123', 'a1b', 'éàü', 'ÉÀÜ', 'straße', 'ΑΒΓΣ', 'αβγς', 'ЖЯ жя', 'ÿ', 'ā Ā', "they're bill's", '\t\n ', 'x_1', '1x', 'Ǆ'[:0]]
for w in words:
    print(w.upper(), w.lower(), w.title(), w.capitalize(), w.swapcase(), w.casefold())
    print(w.isalpha(), w.isdigit(), w.isalnum(), w.isspace(), w.isupper(), w.islower(), w.istitle(), w.isascii(), w.isidentifier(), w.isprintable(), w.isdecimal(), w.isnumeric())
    b = w.encode()
    print(b.upper(), b.lower(), b.title(), b.capitalize(), b.swapcase(), b.isalpha(), b.isdigit(), b.isalnum(), b.isspace(), b.isupper(), b.islower(), b.istitle())
