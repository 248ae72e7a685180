using Drcm.StateMachine.Guarding;
using Xunit;

namespace Drcm.Property.Tests.Guarding;

public sealed class ReleaseScheduleTests
{
    [Fact]
    public void Deadline_IsHalfAStopBudgetAfterTheLease() =>
        Assert.Equal(TimeSpan.FromMilliseconds(1238.5), ReleaseSchedule.Deadline(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(477)));
}
