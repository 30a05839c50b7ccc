-- Gives a session seats, all or none, in a new hold or the one it has.
-- Needs: _step.lua, _holds.lua, _open.lua, _requests.lua; `is_free` and `take`

local first = recall()
if first then return first end

local hold, why = find_hold(SESSION, ARGV[5])
if why then return answer(why) end

local wanted = list(ARGV[10])
if #wanted == 0 then return answer(SEAT_UNKNOWN) end
for _, index in ipairs(wanted) do
  if not state_of(index) then return answer(SEAT_UNKNOWN) end
end

local fresh = hold and without(wanted, set_of(hold.seats)) or wanted
if hold and #fresh == 0 then return accept(hold) end

local paying = tonumber(redis.call('HGET', DATA, 'p:' .. SESSION) or 0)
if paying + (hold and #hold.seats or 0) + #fresh > tonumber(ARGV[9]) then return answer(HOLD_LIMIT) end

local taken = {}
for _, index in ipairs(fresh) do
  if not is_free(index) then taken[#taken + 1] = index end
end
if #taken > 0 then return answer(SEAT_TAKEN, csv(taken)) end

hold = hold or { token = ARGV[6], session = SESSION, expires = 0, cap = now + ARGV[8], graces = 0, seats = {} }
hold.seats = union(hold.seats, fresh)
prolong(hold, tonumber(ARGV[7]))
for _, index in ipairs(fresh) do take(index) end
write_hold(hold)
return accept(hold)
