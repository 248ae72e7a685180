using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;
using Xunit;

namespace Drcm.Property.Tests.Crontabs;

public sealed class CrontabReportTests
{
    private static readonly NodeId N1 = new("n1");
    private static readonly CrontabReport Sample = new(
        new SlotId(new ResourceId(ResourceKind.Cron, "jobs"), N1), new LogIndex(4_294_967_296), CrontabNews.Missed, 1_800_000_000, 1_800_000_060, 2, "lines 1, 3");

    private readonly MessageCodec _codec = new(new byte[32]);

    [Fact]
    public void Decode_ReportOfCrontabs_ComesBack()
    {
        Assert.True(_codec.TryDecode(_codec.Encode(Message([Sample, Sample with { News = CrontabNews.CaughtUp }])), out var read, out _));

        Assert.Equal([Sample, Sample with { News = CrontabNews.CaughtUp }], ((KeepAliveMessage)read!).Report.Crontabs);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(253_402_300_800)]
    public void Decode_TimeThatNoDateHolds_IsMalformed(long seconds)
    {
        Assert.False(_codec.TryDecode(_codec.Encode(Message([Sample with { UntilSeconds = seconds }])), out _, out var reason));

        Assert.Equal(RejectReason.Malformed, reason);
    }

    private static KeepAliveMessage Message(ImmutableArray<CrontabReport> crontabs) => new(N1, new Incarnation(1), new NodeId("n2"), new Incarnation(2), 1, new NodeReport
    {
        Node = N1, Incarnation = new Incarnation(1), BootId = "boot", Applied = new LogIndex(3), Epoch = new LogIndex(2), ConfigDigest = "", Crontabs = crontabs,
    });
}
