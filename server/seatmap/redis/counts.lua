#!lua flags=allow-oom
-- How many seats stand in each state.
--
-- KEYS: 1-8 as in _step.lua
-- ARGV: run
-- Returns: step + counts
-- Publishes: changes and `expired` of holds that were due
--
-- include _step.lua _holds.lua _open.lua

local said = answer(OK)
said[6] = count_text
return said
