using Drcm.Property.Tests.Configuration;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Guarding;
using Xunit;

namespace Drcm.Property.Tests.Guarding;

public sealed class ReleaseScheduleTests
{
    [Fact]
    public void Deadline_IsHalfAStopBudgetAfterTheLease() =>
        Assert.Equal(TimeSpan.FromMilliseconds(1238.5), ReleaseSchedule.Deadline(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(477)));

    /// <summary>The guard acts by then, and what it does is over by R.</summary>
    [Theory]
    [InlineData(SelfFence.Watchdog)]
    [InlineData(SelfFence.Sysrq)]
    public void AfterDeadline_PlusWhatEndsTheHost_IsR(SelfFence fence)
    {
        var service = Exclusive();
        var stopBudget = TimeSpan.FromMilliseconds(477);
        var ends = fence == SelfFence.Watchdog ? ReleaseRules.WatchdogTimeout : ReleaseRules.SysrqTime;
        var act = ReleaseSchedule.Deadline(TimeSpan.Zero, stopBudget) + ReleaseSchedule.AfterDeadline(ReleaseRules.EndsHostAfter(service), stopBudget);
        Assert.Equal(ReleaseRules.BudgetOf(service, fence), act + ends);
    }

    private static ResourceDefinition Exclusive() =>
        Sample.Good(Sample.Text(server: "self_fence = watchdog", options: "service:web, exclusive=yes")).Resources.Single(r => r.Id.Kind == ResourceKind.Service);
}
