shodo_fuzz(manifest LIBS shodo_handover)
shodo_fuzz(segments LIBS shodo_handover)
shodo_fuzz(signature LIBS shodo_handover)
shodo_fuzz(xlsx LIBS shodo_handover)
shodo_fuzz(segment_open LIBS shodo_handover)
shodo_fuzz(zip LIBS shodo_handover)
if(TARGET shodo_stubs) # static archives: libarchive's xar writer would pull in libxml2
  target_sources(fuzz_zip PRIVATE $<TARGET_OBJECTS:shodo_stubs>)
endif()
