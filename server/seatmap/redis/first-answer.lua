#!lua flags=allow-oom
-- The first answer to a request that was accepted, if it is still known.
--
-- KEYS: 1-8 as in _step.lua; 9 requests of the session
-- ARGV: run, session, request id, payload hash
-- Returns: step + hold, or none
-- Publishes: changes and `expired` of holds that were due
--
-- include _step.lua _holds.lua _open.lua _requests.lua

return recall() or answer(OK, flat(nil))
