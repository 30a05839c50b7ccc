#!lua flags=allow-oom
-- The live hold of a session, if any.
--
-- KEYS: 1-8 as in _step.lua
-- ARGV: run, session
-- Returns: step + hold, or none
-- Publishes: changes and `expired` of holds that were due
--
-- include _step.lua _holds.lua _open.lua

return answer(OK, flat(hold_of(ARGV[2])))
