using Drcm.StateMachine;
using Drcm.StateMachine.Control;

namespace Drcm.Node.AuditTool;

/// <summary>Which slots and events are asked about.</summary>
internal sealed record AuditQuestion(DateTimeOffset Since, DateTimeOffset Until, string? Resource, string? Node)
{
    /// <exception cref="AuditUsageException">The history knows no such resource or node.</exception>
    public static AuditQuestion Of(AuditArguments arguments, AuditBook book)
    {
        if (arguments.Resource is { } resource)
        {
            var slots = book.Slots();
            if (!slots.Any(s => IsResource(s, resource)))
            {
                var names = slots.SelectMany(s => (string[])[ResourceOf(s), s, NicknameOf(s)]).Distinct(StringComparer.Ordinal).ToArray();
                throw new AuditUsageException($"the history knows no resource {resource}; {Remedy(resource, names, slots.Select(ResourceOf))}");
            }
        }
        if (arguments.Node is { } node && book.Nodes() is var nodes && !nodes.Contains(node))
            throw new AuditUsageException($"the history knows no node {node}; {Nearest.Remedy(node, nodes)}");
        return new AuditQuestion(arguments.Since, arguments.Until ?? arguments.Now, arguments.Resource, arguments.Node);
    }

    public EventFilter Filter => new(null, Node, Resource);

    public bool IsAbout(string slot) => (Resource is null || IsResource(slot, Resource)) && (Node is null || slot.EndsWith($"@{Node}", StringComparison.Ordinal));

    public bool IsAbout(OwnershipRow row) => (Resource is null || IsResource(row.Slot, Resource)) && (Node is null || row.Owner == Node || IsAbout(row.Slot));

    private static string Remedy(string name, string[] names, IEnumerable<string> resources) =>
        Nearest.To(name, names) is { } near ? $"did you mean {near}?" : Nearest.Remedy(name, [.. resources.Distinct(StringComparer.Ordinal)]);

    private static bool IsResource(string slot, string asked) => slot == asked || ResourceOf(slot) == asked || NicknameOf(slot) == asked;

    private static string ResourceOf(string slot) => slot[..slot.LastIndexOf('@')];

    private static string NicknameOf(string slot) => ResourceOf(slot)[(slot.IndexOf(':') + 1)..];
}
