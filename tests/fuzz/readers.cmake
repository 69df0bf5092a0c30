foreach(reader regf evtx usn prefetch remote_log defender_log wmi)
  shodo_fuzz(${reader} LIBS shodo_examine shodo_evidence shodo_model shodo_base)
endforeach()
