shodo_fuzz(channel LIBS shodo_engine)
