using Drcm.StateMachine.Configuration;
using Xunit;

namespace Drcm.Property.Tests.Configuration;

public sealed class CatchUpTests
{
    private const string Row = "cron:apps, catch_up=once";

    [Fact]
    public void CanonicalText_OfNone_IsAsBefore_AndOfOnceGivesItBack()
    {
        var none = Sample.Good(Sample.Text(options: "cron:apps, catch_up=none"));
        var once = Sample.Good(Sample.Text(options: Row));

        Assert.Equal(CanonicalText.Render(Sample.Good(Sample.Text())), CanonicalText.Render(none));
        Assert.DoesNotContain("catch_up", CanonicalText.Render(none), StringComparison.Ordinal);
        Assert.Equal((CatchUp.None, CatchUp.Once), (Of(none), Of(once)));
        Assert.Equal(CatchUp.Once, Of(CmConfigReader.Read(CanonicalText.Render(once)).Definition!));
        Assert.NotEqual(ConfigDigest.Of(none), ConfigDigest.Of(once));
    }

    [Fact]
    public void Read_WithoutTheGuardOfLines_IsAnError()
    {
        var file = CmConfigReader.Read(Sample.Text(server: "cron_guard = 0", options: Row));

        var finding = Assert.Single(file.Diagnostics, d => d.Severity == Severity.Error);
        Assert.StartsWith("catch_up of cron:apps has no effect with cron_guard = 0", finding.What, StringComparison.Ordinal);
    }

    private static CatchUp Of(ClusterDefinition definition) => Assert.Single(definition.Resources.OfType<CrontabDefinition>()).CatchUp;
}
