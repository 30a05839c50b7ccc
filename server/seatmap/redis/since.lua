#!lua flags=allow-oom
-- What changed since a position.
--
-- KEYS: 1-8 as in _step.lua
-- ARGV: run, epoch, version
-- Returns: step + 1 and the lines of the log that follow, or 0 when the log does not reach back
-- Publishes: changes and `expired` of holds that were due
--
-- include _step.lua _holds.lua _open.lua

local said = answer(OK, 0)
local behind = version - tonumber(ARGV[3])
-- Version 1 is where an epoch begins: nothing reaches back before it.
if ARGV[2] ~= epoch or behind < 0 or behind > math.min(LOG_LENGTH, version - 1) then return said end
said[6] = 1
if behind == 0 then return said end
for _, line in ipairs(redis.call('LRANGE', LOG, -behind, -1)) do said[#said + 1] = line end
return said
