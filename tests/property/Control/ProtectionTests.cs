using Drcm.Property.Tests.Configuration;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Xunit;

namespace Drcm.Property.Tests.Control;

/// <summary>Which protection a node needs by the configuration, and whether it is there.</summary>
public sealed class ProtectionTests
{
    private static readonly NodeId A = new("a");

    private static readonly ProtectionFacts AllThere = new()
    {
        GuardProblem = "",
        GuardRemedy = "",
        GateProblem = "",
        GuardsCrontabs = true,
        FenceProblem = "",
    };

    [Fact]
    public void Lines_AllThere_OneForEachProtectorInTheirOrder()
    {
        var lines = AllThere.Lines(Sample.Good(Sample.Text()), A);

        Assert.Equal(Enum.GetValues<Protector>(), lines.Select(l => l.By));
        Assert.Equal(
            [ProtectionState.InForce, ProtectionState.InForce, ProtectionState.InForce, ProtectionState.NotNeeded], lines.Select(l => l.State));
    }

    [Fact]
    public void Lines_NoGuard_IsMissingOnlyWhereSomethingExclusiveMayRun()
    {
        var facts = AllThere with { GuardProblem = "no guard", GuardRemedy = "start one" };
        var definition = Sample.Good(Sample.Text(rest: Sample.Node("c", 3, "witness = 1")));

        Assert.Equal(ProtectionLine.Missing(Protector.Guard, "no guard", "start one"), facts.Lines(definition, A)[0]);
        Assert.Equal(ProtectionState.NotNeeded, facts.Lines(definition, new NodeId("c"))[0].State);
        Assert.Equal(ProtectionState.NotNeeded, facts.Lines(definition, new NodeId("stranger"))[0].State);
    }

    [Fact]
    public void Lines_NoGate_IsMissingUnlessThereIsNothingToGate()
    {
        var definition = Sample.Good(Sample.Text());

        Assert.Equal(ProtectionState.Missing, (AllThere with { GateProblem = "no libnftables" }).Lines(definition, A)[1].State);
        Assert.Equal(ProtectionState.NotNeeded, (AllThere with { GateProblem = null }).Lines(definition, A)[1].State);
    }

    [Fact]
    public void Lines_CronGuardOff_IsOffWhereTheNodeMayHaveACrontab()
    {
        var facts = AllThere with { GuardsCrontabs = false };
        var definition = Sample.Good(Sample.Text(rest: Sample.Node("c", 3)));

        Assert.Equal(ProtectionState.Off, facts.Lines(definition, A)[2].State);
        Assert.Equal(ProtectionState.Off, facts.Lines(definition, new NodeId("b"))[2].State);
        Assert.Equal(ProtectionState.NotNeeded, facts.Lines(definition, new NodeId("c"))[2].State);
    }

    [Fact]
    public void Lines_SelfFenceAskedForAndImpossible_IsMissing()
    {
        var definition = Sample.Good(Sample.Text(server: "self_fence = watchdog", options: "service:web, exclusive=yes"));

        Assert.Equal(ProtectionState.InForce, AllThere.Lines(definition, A)[3].State);
        Assert.Equal("/dev/watchdog: no such file", (AllThere with { FenceProblem = "/dev/watchdog: no such file" }).Lines(definition, A)[3].Why);
    }
}
