using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>Gathers the <see cref="SourceMap"/> of a file that has been read.</summary>
internal static class Positions
{
    public static SourceMap Collect(KeyValues server, ImmutableArray<NodeSection> nodes, ResourceRows rows)
    {
        IEnumerable<KeyValuePair<string, SourcePosition>> all =
        [
            .. server.Positions,
            .. nodes.SelectMany(OfNode),
            .. rows.Rows.SelectMany(OfRow),
        ];
        return new SourceMap(all);
    }

    private static IEnumerable<KeyValuePair<string, SourcePosition>> OfNode(NodeSection node) =>
        node.Values.Positions.Select(p => KeyValuePair.Create($"node:{node.Id}/{p.Key}", p.Value))
            .Prepend(KeyValuePair.Create($"node:{node.Id}", node.Values.At));

    private static IEnumerable<KeyValuePair<string, SourcePosition>> OfRow(ResourceRow row) =>
        row.Values.Select((v, i) => KeyValuePair.Create($"{row.Id}/{KindLayout.Of(row.Id.Kind).Fields[i]}", v.At));
}
