shodo_fuzz(manifest LIBS shodo_handover)
shodo_fuzz(segments LIBS shodo_handover)
shodo_fuzz(signature LIBS shodo_handover)
shodo_fuzz(xlsx LIBS shodo_handover)
