using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>One row of a resource section, with the right number of values.</summary>
internal sealed record ResourceRow(ResourceId Id, ImmutableArray<CmToken> Values)
{
    public SourcePosition At => Values[0].At;
}

/// <summary>The rows of all resource sections, by kind and then in file order, and those that were refused.</summary>
internal sealed class ResourceRows(DiagnosticBag bag)
{
    private readonly List<ResourceRow> _rows = [];
    private readonly SortedDictionary<ResourceId, SourcePosition> _known = [];
    private readonly SortedDictionary<ResourceId, SourcePosition> _refused = [];

    public IEnumerable<ResourceRow> Rows => _rows.OrderBy(r => r.Id.Kind);

    public void Add(KindLayout kind, CmLine line)
    {
        var values = line.Values();
        if (values.IsEmpty)
        {
            bag.Error(line.At, "the row has no values", $"write {string.Join(", ", kind.Fields)}");
            return;
        }
        var id = new ResourceId(kind.Kind, values[0].Text);
        if (Fault(kind, id, values) is { } fault)
        {
            bag.Error(values[0].At, fault.What, fault.Remedy);
            if (!_known.ContainsKey(id)) _refused.TryAdd(id, values[0].At);
            return;
        }
        _known.Add(id, values[0].At);
        _rows.Add(new ResourceRow(id, values));
    }

    /// <summary>Takes a row out again that a later check refused.</summary>
    public void Refuse(ResourceRow row)
    {
        _rows.Remove(row);
        _known.Remove(row.Id);
        _refused.TryAdd(row.Id, row.At);
    }

    public bool IsKnown(ResourceId id) => _known.ContainsKey(id);

    /// <summary>Reports a nickname that no good row carries.</summary>
    public void ReportUnlisted(ResourceId id, CmToken at, string by)
    {
        var layout = KindLayout.Of(id.Kind);
        if (_refused.TryGetValue(id, out var row))
        {
            bag.Error(at.At, $"{by} names {id}, whose row on line {row.Line} is refused",
                "correct that row; until then the entry is left out");
        }
        else
        {
            bag.Error(at.At, $"{by} names {KeyValues.Shown(id.Nickname)}, which [{layout.Section}] does not list",
                $"add a row to [{layout.Section}] or remove the name; it is left out");
        }
    }

    private (string What, string Remedy)? Fault(KindLayout kind, ResourceId id, ImmutableArray<CmToken> values)
    {
        if (values.Length < kind.FieldsMin || values.Length > kind.Fields.Length)
        {
            var wanted = kind.FieldsMin == kind.Fields.Length ? $"{kind.FieldsMin}" : $"{kind.FieldsMin} or {kind.Fields.Length}";
            return ($"missing or extra values: the row has {values.Length}, not {wanted}",
                $"write {string.Join(", ", kind.Fields)}");
        }
        if (id.Nickname.Length > CmLimits.NameLengthMax)
            return ($"the nickname is longer than {CmLimits.NameLengthMax} characters", "shorten it");
        if (_known.TryGetValue(id, out var first))
            return ($"{id} is listed twice (line {first.Line})", "give one of them another nickname; the first one counts");
        return _rows.Count >= CmLimits.ResourcesMax
            ? ($"more than {CmLimits.ResourcesMax} resources", "split the cluster")
            : Values(kind.Kind, values);
    }

    private static (string What, string Remedy)? Values(ResourceKind kind, ImmutableArray<CmToken> values)
    {
        if (kind == ResourceKind.Application)
        {
            var parts = values[1].Text.Split(':');
            if (parts.Length != 2 || parts.Any(p => p.Trim().Length == 0))
                return ($"{KeyValues.Shown(values[1].Text)} is not user:group", "write user:group, for example root:root");
        }
        if (kind == ResourceKind.Ip)
        {
            if (!Addresses.TryNormalize(values[1].Text, out _))
                return ($"{KeyValues.Shown(values[1].Text)} is no IP address", "write a literal IPv4 or IPv6 address");
            if (!Addresses.IsNetmask(values[2].Text, values[1].Text))
                return ($"{KeyValues.Shown(values[2].Text)} is no netmask for {values[1].Text}",
                    "write a prefix length, such as 24, or a mask, such as 255.255.255.0");
        }
        return null;
    }
}
