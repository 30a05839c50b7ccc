#!lua
-- Starts a rebuild: a new epoch, closed until it is finished. What survived stays, unless the layout is another.
--
-- KEYS: 1-8 as in _step.lua; 9 recorded bookings
-- ARGV: run, epoch, number of seats, layout version, how long to keep unused ms, 1 to begin nothing where it is open
-- Returns: the epoch of a map that is open and stays so, else an empty string
-- Publishes: nothing
--
-- include _step.lua

if ARGV[6] == '1' and meta[1] == ARGV[1] and status == 'open' then return epoch end
local survived = redis.call('HMGET', META, 'seats', 'layout')
if survived[1] ~= ARGV[3] or survived[2] ~= ARGV[4] then
  for place = 1, 6 do redis.call('DEL', KEYS[place]) end
  redis.call('SET', STATES, string.rep('A', tonumber(ARGV[3])))
  redis.call('ZADD', HOLDS, '+inf', '')
  redis.call('HSET', DATA, '', '')
  redis.call('ZADD', PAYMENTS, '+inf', '')
  redis.call('HSET', META, 'counts', ARGV[3] .. ' 0 0 0')
end
redis.call('DEL', KEYS[9])
redis.call('DEL', LOG)
redis.call('RPUSH', LOG, '')
redis.call('HSET', META, 'run', ARGV[1], 'status', 'loading', 'epoch', ARGV[2], 'version', 0,
  'seats', ARGV[3], 'layout', ARGV[4], 'keep', ARGV[5])
renew()
return ''
