# other encodings than UTF-8, and ways to go past errors
# needs: codecs
print('é€'.encode('ascii', 'ignore'), 'é€'.encode('latin-1', 'replace'), b'a\xff\xc3b\xe2\x82'.decode('utf8', 'replace'), b'\xe9'.decode('latin-1'), b'a\x80'.decode('ascii', 'ignore'))
for f in (lambda: 'é'.encode('ascii'), lambda: b'\xe9'.decode('ascii')):
    try:
        print(f())
    except (UnicodeError, LookupError) as e:
        print(isinstance(e, UnicodeError), e)
