-- Offers what can be offered in some lines and languages: the safety net under every transition.
-- ARGV[5], [6] line, language  [7], [8] ...
-- Returns {'ok', offers made}; call again while it made two.
for i = 5, #ARGV, 2 do
  local p = ARGV[i] .. ':' .. ARGV[i + 1]
  if #ids > 0 and count(WAITING, p) > 0 then
    for _, m in ipairs(prefix(FREE, p, 0, 8)) do
      local name = string.match(m, ':([^:]*)$')
      serve_counsellor(name, counsellor_of(name))
    end
  end
end
return {'ok', 2 - #ids}
