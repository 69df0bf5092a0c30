# Files of examine/readers/, for examine/CMakeLists.txt.
set(reader_sources
  readers/reader.c
  readers/regf.c
  readers/regf_log.c
  readers/registry.c
  readers/registry_decode.c
  readers/registry_rows.c
  readers/registry_sam.c
  readers/events.c
  readers/events_rows.c
  readers/evtx.c
  readers/evtx_value.c
  readers/usn.c
  readers/prefetch.c
  readers/remote_log.c)
