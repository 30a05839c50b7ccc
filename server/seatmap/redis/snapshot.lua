#!lua flags=allow-oom
-- The whole map.
--
-- KEYS: 1-8 as in _step.lua
-- ARGV: run
-- Returns: step + states, layout version, counts
-- Publishes: changes and `expired` of holds that were due
--
-- include _step.lua _holds.lua _open.lua

local said = answer(OK)
said[6] = redis.call('GET', STATES)
said[7] = redis.call('HGET', META, 'layout')
said[8] = count_text
return said
