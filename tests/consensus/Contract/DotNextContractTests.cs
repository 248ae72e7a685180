using Drcm.Consensus.Tests.Support;

namespace Drcm.Consensus.Tests.Contract;

public sealed class DotNextContractTests : LogContractTests
{
    private protected override async Task<ILogCluster> StartClusterAsync(CancellationToken cancellationToken) =>
        await DotNextLogCluster.StartAsync(cancellationToken);
}
