using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>The <c>key = value</c> pairs of one section (or options row), under their canonical spelling; the last of
/// a key counts.</summary>
internal sealed class KeyValues(KeyTable table, CmToken owner, DiagnosticBag bag)
{
    private readonly SortedDictionary<string, (CmToken Value, CmLine Line)> _pairs = new(StringComparer.Ordinal);

    /// <summary>The section header or row that findings about absent keys point at.</summary>
    public SourcePosition At => owner.At;

    public DiagnosticBag Bag => bag;

    public IEnumerable<KeyValuePair<string, SourcePosition>> Positions =>
        _pairs.Select(p => KeyValuePair.Create(p.Key, p.Value.Value.At));

    public void AddLine(CmLine line)
    {
        if (line.KeyAndValue() is not { } pair)
            bag.Error(line.At, $"a line of {owner.Text} is not key = value", "write key = value, or # before a remark");
        else
            Add(pair.Key, pair.Value, line);
    }

    public void Add(CmToken key, CmToken value, CmLine line)
    {
        if (table.Pending.Contains(key.Text))
        {
            bag.Warn(key.At, $"{key.Text} is accepted, not yet acted on", "rely on nothing it asks for");
            return;
        }
        var name = table.Spellings.GetValueOrDefault(key.Text, key.Text);
        if (!table.Keys.Contains(name))
        {
            bag.Warn(key.At, $"unknown key {Shown(key.Text)}", table.RemedyForUnknown(key.Text));
            return;
        }
        if (_pairs.TryGetValue(name, out var earlier))
        {
            var what = key.Text == name ? $"{name} is given twice" : $"{key.Text} means {name}, which is given already";
            bag.Warn(key.At, $"{what} (line {earlier.Value.At.Line})", "keep one of them; the last one counts");
        }
        else if (name != key.Text)
        {
            bag.Warn(key.At, $"{key.Text} is another spelling of {name}", $"write {name}; it counts as that");
        }
        _pairs[name] = (value, line);
    }

    public bool Has(string key) => _pairs.ContainsKey(key);

    public SourcePosition PositionOf(string key) => _pairs.TryGetValue(key, out var pair) ? pair.Value.At : owner.At;

    /// <summary>The value of a key; null if it is absent or empty.</summary>
    public CmToken? Find(string key) =>
        _pairs.TryGetValue(key, out var pair) && pair.Value.Text.Length > 0 ? pair.Value : null;

    /// <summary>The parts of a list; empty if it is absent.</summary>
    public ImmutableArray<CmToken> List(string key)
    {
        if (!_pairs.TryGetValue(key, out var pair)) return [];
        var values = pair.Line.ListValues();
        if (values.Length <= CmLimits.ListMax) return values;
        bag.Error(pair.Value.At, $"{key} has more than {CmLimits.ListMax} values", "shorten it; the rest is left out");
        return values[..CmLimits.ListMax];
    }

    /// <summary>Text as a message may show it: bounded.</summary>
    public static string Shown(string text)
    {
        const int max = 60;
        return text.Length <= max ? $"\"{text}\"" : $"\"{text[..max]}...\"";
    }
}
