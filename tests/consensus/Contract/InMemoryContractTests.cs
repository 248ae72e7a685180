using Drcm.Consensus.Tests.Support;

namespace Drcm.Consensus.Tests.Contract;

public sealed class InMemoryContractTests : LogContractTests
{
    private protected override async Task<ILogCluster> StartClusterAsync(CancellationToken cancellationToken) =>
        await InMemoryLogCluster.StartAsync(cancellationToken);
}
