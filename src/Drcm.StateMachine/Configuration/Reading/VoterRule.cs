using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>Who counts for quorum (DESIGN 7). Inactive nodes never do, witnesses always. Of the others an explicit
/// <c>voter</c> decides; where it is silent all are voters up to seven nodes, and beyond that, unless some node says
/// <c>voter = 1</c>, the first in file order until there are five.</summary>
internal static class VoterRule
{
    private const int ChosenBeyond = 5;

    public static ImmutableSortedSet<NodeId> Voters(ImmutableArray<NodeSection> nodes, DiagnosticBag bag)
    {
        var active = nodes.Where(n => n.IsActive).ToImmutableArray();
        var voters = active.Where(n => n.IsWitness || n.Voter == true).Select(n => n.Id).ToImmutableSortedSet();
        var open = active.Where(n => !n.IsWitness && n.Voter is null);
        if (active.Length <= CmLimits.VotersMax)
            voters = voters.Union(open.Select(n => n.Id));
        else if (!active.Any(n => n.Voter == true))
            voters = voters.Union(open.Take(Math.Max(0, ChosenBeyond - voters.Count)).Select(n => n.Id));
        Check(nodes, voters, bag);
        return voters;
    }

    private static void Check(ImmutableArray<NodeSection> nodes, ImmutableSortedSet<NodeId> voters, DiagnosticBag bag)
    {
        foreach (var node in nodes.Where(n => !n.IsActive && (n.IsWitness || n.Voter == true)))
        {
            bag.Warn(node.Values.PositionOf(node.IsWitness ? "witness" : "voter"),
                $"{node.Id} is not active and so no voter", "set node_is_active = 1 or remove the line");
        }
        if (nodes.Length > 0 && voters.IsEmpty)
            bag.Fatal(nodes[0].Values.At, "no node is a voter", "activate a node or set voter = 1");
        if (voters.Count > CmLimits.VotersMax)
        {
            bag.Warn(nodes.Last(n => n.Voter == true || n.IsWitness).Values.PositionOf("voter"),
                $"{voters.Count} voters make every decision slower",
                $"{CmLimits.VotersMax} survive the loss of three; set voter = 0 on some");
        }
    }
}
