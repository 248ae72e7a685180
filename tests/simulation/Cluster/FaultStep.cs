using System.Globalization;
using Drcm.StateMachine;

namespace Drcm.Simulation.Cluster;

/// <summary>One line of a story: <c>+450 cut n1 n2,n3 3000</c>.</summary>
/// <param name="After">The step before it.</param>
/// <param name="Verb">One of <see cref="FaultVerbs"/>.</param>
/// <param name="Node">Whom it happens to; where a verb has no use for it, anybody.</param>
/// <param name="Others">Nodes that it happens with.</param>
/// <param name="Number">Milliseconds, percent, or which of several.</param>
internal sealed record FaultStep(TimeSpan After, string Verb, NodeId Node, IReadOnlyList<NodeId> Others, int Number)
{
    private const string NoOthers = "-";

    public TimeSpan Duration => TimeSpan.FromMilliseconds(Number);

    public override string ToString() =>
        $"+{After.TotalMilliseconds:0} {Verb} {Node} {(Others.Count == 0 ? NoOthers : string.Join(',', Others))} {Number}";

    /// <exception cref="FormatException">With the line.</exception>
    public static FaultStep Parse(string line)
    {
        if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [['+', .. var after], var verb, var node, var others, var number]
            && int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && FaultVerbs.All.ContainsKey(verb))
        {
            IReadOnlyList<NodeId> with = others == NoOthers ? [] : [.. others.Split(',').Select(o => new NodeId(o))];
            return new FaultStep(TimeSpan.FromMilliseconds(milliseconds), verb, new NodeId(node), with, value);
        }
        throw new FormatException($"'{line}' is no step of a story; one looks like '+450 cut n1 n2,n3 3000', with one of the verbs {string.Join(' ', FaultVerbs.All.Keys)}");
    }
}
