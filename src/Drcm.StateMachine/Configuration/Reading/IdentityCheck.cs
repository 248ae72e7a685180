namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>Two nicknames for one exclusive thing would be two owners of it (OWNERSHIP O14): the later one goes.</summary>
internal static class IdentityCheck
{
    public static IEnumerable<ResourceDefinition> Unique(
        IEnumerable<(ResourceRow Row, ResourceDefinition Definition)> resources, ResourceRows rows, DiagnosticBag bag)
    {
        var seen = new SortedDictionary<string, (ResourceRow Row, bool IsExclusive)>(StringComparer.Ordinal);
        foreach (var (row, definition) in resources)
        {
            var identity = PhysicalIdentity.Of(definition);
            if (seen.TryGetValue(identity, out var first) && (first.IsExclusive || definition.IsExclusive))
            {
                bag.Error(row.At,
                    $"{row.Id} is the same thing as {first.Row.Id} on line {first.Row.At.Line} ({identity}), and exclusive",
                    "remove one of them; this one is left out");
                rows.Refuse(row);
                continue;
            }
            seen.TryAdd(identity, (row, definition.IsExclusive));
            yield return definition;
        }
    }
}
