using System.Diagnostics;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Decisions;

/// <summary>The steps of membership that are events, and the one that the log has to take.</summary>
internal static class ChangeVoters
{
    public static void Run(Plan plan, LeaderView view)
    {
        var (step, waiting) = Membership.Next(plan.State, view);
        foreach (var sentence in waiting) plan.Refuse(sentence);
        if (step is null) return;
        switch (step.Kind)
        {
            case MembershipStepKind.AddVoter:
                plan.Emit(new VoterAdded(step.Node, plan.State.VotersAt, Membership.ReportedBy(plan.State, view, plan.State.VotersAt)), step.Reason);
                break;
            case MembershipStepKind.RemoveVoter:
                plan.Emit(new VoterRemoved(step.Node, plan.State.VotersAt, Membership.ReportedBy(plan.State, view, plan.State.VotersAt)), step.Reason);
                break;
            case MembershipStepKind.Rejoin:
                plan.Emit(new NodeJoined(step.Node), step.Reason);
                break;
            case MembershipStepKind.AddToLog or MembershipStepKind.RemoveFromLog or MembershipStepKind.GiveUpLeadership:
                plan.LogStep = new LogStep(LogKind(step.Kind), step.Node, step.Reason);
                break;
        }
    }

    private static LogStepKind LogKind(MembershipStepKind kind) => kind switch
    {
        MembershipStepKind.AddToLog => LogStepKind.Add,
        MembershipStepKind.RemoveFromLog => LogStepKind.Remove,
        MembershipStepKind.GiveUpLeadership => LogStepKind.Resign,
        MembershipStepKind.AddVoter or MembershipStepKind.RemoveVoter or MembershipStepKind.Rejoin => throw new UnreachableException(),
    };
}
