using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.TestHosts;
using Xunit;

namespace Drcm.Integration.Tests.Stories;

/// <summary>The one cluster of all stories that leave it well, or that <see cref="HealthyAsync"/> can make well again.</summary>
public sealed class HostsFixture : IAsyncLifetime
{
    private ClusterOfHosts? _cluster;

    public async ValueTask InitializeAsync()
    {
        if (!TestNetwork.IsAvailable) return;
        _cluster = await ClusterOfHosts.StartAsync(
            ClusterTiming.Story, ClusterConfiguration.Text(ClusterTiming.Story), _ => { }, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The cluster with everything at home, or the test is skipped with the reason.</summary>
    internal async Task<ClusterOfHosts> HealthyAsync()
    {
        Assert.SkipUnless(TestNetwork.IsAvailable, TestNetwork.WhyUnavailable);
        await _cluster!.BeHealthyAsync(TestContext.Current.CancellationToken);
        return _cluster;
    }
}

/// <summary>One story at a time, beside nothing else: they are about time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealHosts : ICollectionFixture<HostsFixture>
{
    public const string Name = "real hosts";
}
