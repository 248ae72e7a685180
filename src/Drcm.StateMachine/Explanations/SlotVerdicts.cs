using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;

namespace Drcm.StateMachine.Explanations;

/// <summary>What speaks for or against each node.</summary>
internal sealed class SlotVerdicts(ClusterState state, WhyFacts facts, Board board, SlotTopology topology, SlotState slot)
{
    public IEnumerable<Verdict> All()
    {
        for (var place = 0; place < topology.Candidates.Length; place++)
        {
            var (rule, sentence) = Judge(topology.Candidates[place], place);
            yield return new Verdict(board.Id(topology.Candidates[place]).Value, place == 0 ? "home" : "backup", rule, sentence);
        }
        if (slot.Owner is { } owner && board.CandidateOf(topology, owner) < 0)
            yield return new Verdict(owner.Value, "", "owner", $"{owner} has it from a former configuration, which listed it");
        foreach (var node in state.Definition!.Nodes)
        {
            if (node.Id == slot.Owner || board.CandidateOf(topology, node.Id) >= 0) continue;
            yield return node.IsWitness
                ? new Verdict(node.Id.Value, "", "witness", $"{node.Id} is a witness: it runs no resources")
                : new Verdict(node.Id.Value, "", "not_listed", $"{node.Id} is neither its home nor one of its backups in cm.cfg");
        }
    }

    private (string Rule, string Sentence) Judge(int candidate, int place)
    {
        var node = board.Id(candidate);
        if (node == slot.Owner && slot.Phase is not (SlotPhase.Unknown or SlotPhase.Releasing)) return ("owner", OfOwner(candidate, node));
        var fitness = board.Of(candidate, topology, slot);
        if (fitness != Fitness.Fit) return (Rule(fitness), Sentences.WhyNot(fitness, node, slot));
        if (node == slot.Owner) return ("owner", $"{node} may still run it");
        if (state.InMaintenance) return ("maintenance", $"{node} could take it; in maintenance nothing moves");
        return slot.Phase switch
        {
            SlotPhase.Unknown => ("unknown", $"{node} may not take it before it is certain that {slot.Owner} does not run it"),
            SlotPhase.Releasing => ("releasing", $"{node} may not take it before {slot.Owner} must be rid of it"),
            SlotPhase.Free => ("free", $"{node} could take it"),
            SlotPhase.Revoked => ("stopping", $"{node} may take it when {slot.Owner} has stopped it"),
            _ when slot.MoveTarget == node => ("requested", WhyNotYet(candidate, $"an operator wants it on {node}")),
            _ when slot.MoveTarget is { } target => ("requested", $"{node} could take it; an operator wants it on {target}"),
            _ when place == 0 => Failback(candidate, node),
            _ => Order(node, place),
        };
    }

    private string OfOwner(int candidate, NodeId node)
    {
        var fitness = board.Of(candidate, topology, slot);
        var has = slot.Phase switch
        {
            SlotPhase.Assigned => $"{node} is to start it",
            SlotPhase.Revoked => $"{node} is to stop it",
            _ => $"{node} has it",
        };
        return fitness == Fitness.Fit ? has : $"{has}, although {Sentences.WhyNot(fitness, node, slot)}";
    }

    private (string Rule, string Sentence) Failback(int candidate, NodeId home) => topology.Resource.Failback switch
    {
        { Kind: FailbackKind.Manual } => ("failback", $"{home} could take it; failback is manual: an operator brings it home"),
        { Kind: FailbackKind.Delayed, Delay: var delay } => ("failback", $"{home} could take it; it fails back when {home} has been up for {Words.Seconds(delay)}"),
        _ => ("failback", WhyNotYet(candidate, $"{home} can take it home again, and it fails back at once")),
    };

    /// <summary>A running slot is given up only for a node that is heard.</summary>
    private string WhyNotYet(int candidate, string what) =>
        facts.View is null || board.IsReady(candidate, topology, slot) ? what : $"{what} when it is heard: it is not at this moment";

    private (string Rule, string Sentence) Order(NodeId node, int place)
    {
        var owner = slot.Owner is { } id ? board.CandidateOf(topology, id) : -1;
        var ownersPlace = owner < 0 ? -1 : topology.Candidates.IndexOf(owner);
        return ownersPlace > place
            ? ("runs", $"{node} stands before {slot.Owner} in the list; what runs on a backup is not moved for that")
            : ("order", $"{node} could take it; {slot.Owner} stands before it in the list");
    }

    private static string Rule(Fitness fitness) => fitness switch
    {
        Fitness.Fit => "fit",
        Fitness.NotConfigured => "not_listed",
        Fitness.Inactive => "inactive",
        Fitness.Witness => "witness",
        Fitness.Pending => "pending",
        Fitness.Down => "down",
        Fitness.Standby => "standby",
        Fitness.Troubled => "trouble",
        Fitness.Leaving => "shutdown",
        Fitness.Failing => "failures",
        Fitness.Unstopped => "failed_stop",
    };
}
