-- What every command is made of: the map as it stands, what changes, and how that is told.
--
-- KEYS 1-9, the same for every command, all under one hash tag:
--   meta states holders holds data payments log, the public and the private channel
-- ARGV[1]: run id of the Redis that the caller is connected to.
--
-- meta      hash: run, status (loading|open), epoch, version, layout, seats, keep, touched, and the counts
-- states    one character per seat, in layout order
-- holders   hash: seat index -> key in `data` of who has it; only for seats that are not available
-- holds     sorted set: token -> end of the hold
-- data      hash: h:<token> hold, o:<session> token of its hold, b:<id> booking, p:<session> seats in payment
-- payments  sorted set: booking id -> deadline; only those that are being paid and own seats
-- log       list: the latest changes, one line per version
--
-- Hashes, sets and lists hold one empty member from the start: a key that was emptied would lose its
-- time to live.

local META, STATES, HOLDERS, HOLDS, DATA, PAYMENTS, LOG, PUBLIC, PRIVATE = unpack(KEYS, 1, 9)

-- Answers; `answers.ts` knows the same numbers.
local OK, NOT_LOADED, STALE_RUN, SEAT_TAKEN, HOLD_LIMIT = 1, -1, -2, -3, -4
local SEAT_UNKNOWN, HOLD_EXPIRED, FORBIDDEN, REQUEST_MISMATCH, LINES_MISMATCH = -5, -6, -7, -8, -9

-- Lines in the log that a client may be behind, and by how many more it grows before it is cut.
local LOG_LENGTH, LOG_SLACK = 256, 64

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local meta = redis.call('HMGET', META, 'run', 'status', 'epoch', 'version', 'A', 'H', 'S', 'B', 'touched', 'keep')
local status, epoch, version = meta[2], meta[3], tonumber(meta[4] or 0)
local counts = { A = tonumber(meta[5]), H = tonumber(meta[6]), S = tonumber(meta[7]), B = tonumber(meta[8]) }

local text            -- states as found, read when first needed
local found = {}      -- index -> state before this step, for seats that were touched
local changed = {}    -- index -> state now
local holder_now = {} -- index -> key of the new holder, false for nobody
local notices = {}    -- messages for the private channel

local function state_of(index)
  if changed[index] then return changed[index] end
  text = text or redis.call('GET', STATES)
  local state = string.sub(text, index + 1, index + 1)
  return state ~= '' and state or nil
end

local function holder_of(index)
  if holder_now[index] ~= nil then return holder_now[index] end
  return redis.call('HGET', HOLDERS, index)
end

-- Gives a seat to a holder (a key in `data`), or to nobody (nil). The seat must exist.
local function set_seat(index, state, holder)
  local before = state_of(index)
  holder_now[index] = holder or false
  if before == state then return end
  if not found[index] then found[index] = before end
  changed[index] = state
  counts[before] = counts[before] - 1
  counts[state] = counts[state] + 1
end

local function write_holders()
  local set, gone = {}, {}
  for index, holder in pairs(holder_now) do
    if holder then
      set[#set + 1] = index
      set[#set + 1] = holder
    else
      gone[#gone + 1] = index
    end
  end
  if #set > 0 then redis.call('HSET', HOLDERS, unpack(set)) end
  if #gone > 0 then redis.call('HDEL', HOLDERS, unpack(gone)) end
end

-- Writes the states that differ from what was found, neighbours together; answers them as '3H 4H 9A'.
local function write_states()
  local indexes = {}
  for index, before in pairs(found) do
    if changed[index] ~= before then indexes[#indexes + 1] = index end
  end
  table.sort(indexes)
  local told, from = {}, 1
  for place, index in ipairs(indexes) do
    told[place] = index .. changed[index]
    if indexes[place + 1] ~= index + 1 then
      local run = {}
      for at = from, place do run[#run + 1] = changed[indexes[at]] end
      redis.call('SETRANGE', STATES, indexes[from], table.concat(run))
      from = place + 1
    end
  end
  return table.concat(told, ' ')
end

-- The map is forgotten when nobody used it for `keep`. Renewed now and then only: it costs a call per key.
local function keep(force)
  local long, touched = tonumber(meta[10]), tonumber(meta[9])
  if not force and now - touched < long / 8 then return end
  local ttl = string.format('%.0f', long + math.ceil(long / 8))
  redis.call('HSET', META, 'touched', now)
  redis.call('PEXPIRE', META, ttl)
  -- The others outlive `meta`: where it is, everything is.
  local longer = string.format('%.0f', ttl + 60000)
  for place = 2, 7 do redis.call('PEXPIRE', KEYS[place], longer) end
end

local function count_text()
  return counts.A .. ' ' .. counts.H .. ' ' .. counts.S .. ' ' .. counts.B
end

-- Ends the step: writes, the next version if a visible state changed, the log, and everyone is told.
-- Publishes on the public channel 'epoch from to A H S B changes', on the private one the notices.
local function finish()
  write_holders()
  local changes = write_states()
  if changes ~= '' then
    version = version + 1
    redis.call('HSET', META, 'version', version, 'A', counts.A, 'H', counts.H, 'S', counts.S, 'B', counts.B)
    redis.call('RPUSH', LOG, changes)
    if version % LOG_SLACK == 0 then redis.call('LTRIM', LOG, -LOG_LENGTH, -1) end
    local from = version - 1
    redis.call('PUBLISH', PUBLIC, epoch .. ' ' .. from .. ' ' .. version .. ' ' .. count_text() .. ' ' .. changes)
  end
  for _, notice in ipairs(notices) do redis.call('PUBLISH', PRIVATE, notice) end
  keep(false)
  return changes
end

-- Every answer: code, epoch, version, the map's time, what changed; then what the command adds.
local function answer(code, ...)
  local changes = finish()
  return { code, epoch, version, now, changes, ... }
end

local function list(csv)
  local seats = {}
  for index in string.gmatch(csv, '%d+') do seats[#seats + 1] = tonumber(index) end
  return seats
end

local function csv(seats)
  return table.concat(seats, ',')
end
