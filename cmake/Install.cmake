# What `cmake --install` puts where, beside the program itself. Completions go where each shell looks by itself.
include(GNUInstallDirs)

install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${CMAKE_SOURCE_DIR}/docs/netlab.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/topologies DESTINATION ${CMAKE_INSTALL_DATADIR}/netlab)
install(FILES ${CMAKE_SOURCE_DIR}/completions/netlab.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME netlab)
install(FILES ${CMAKE_SOURCE_DIR}/completions/_netlab
    DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${CMAKE_SOURCE_DIR}/completions/netlab.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
