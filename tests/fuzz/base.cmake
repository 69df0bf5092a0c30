shodo_fuzz(value LIBS shodo_base)
shodo_fuzz(text LIBS shodo_base)
