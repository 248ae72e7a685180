using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary><c>[CM_OPTIONS]</c>: rows <c>kind:nickname, key=value, ...</c>.</summary>
internal sealed class OptionRows(ResourceRows resources, DiagnosticBag bag)
{
    private readonly SortedDictionary<ResourceId, KeyValues> _options = [];

    public KeyValues? Of(ResourceId id) => _options.GetValueOrDefault(id);

    public void Add(CmLine line)
    {
        var values = line.Values();
        if (values.IsEmpty || !ResourceId.TryParse(values[0].Text, out var id))
        {
            bag.Error(line.At, "an options row does not begin with kind:nickname",
                "begin it with ip:, filesystem:, service:, cron: or application: and a nickname");
            return;
        }
        if (!resources.IsKnown(id))
        {
            resources.ReportUnlisted(id, values[0], "[CM_OPTIONS]");
            return;
        }
        if (!_options.TryGetValue(id, out var options))
            _options.Add(id, options = new KeyValues(KeyTable.Options, values[0], bag));
        foreach (var value in values.Skip(1)) Option(options, value);
    }

    private void Option(KeyValues options, CmToken token)
    {
        var piece = new CmLine(token.Text, token.At);
        if (piece.KeyAndValue() is { } pair)
            options.Add(pair.Key, pair.Value, piece);
        else
            bag.Error(token.At, $"{KeyValues.Shown(token.Text)} is not key=value", "write key=value, for example exclusive=yes");
    }
}
