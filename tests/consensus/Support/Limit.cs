namespace Drcm.Consensus.Tests.Support;

/// <summary>A test that waits for something that never comes ends after this time, far above anything that is expected.</summary>
internal sealed class Limit : IDisposable
{
    public static readonly TimeSpan TestMax = TimeSpan.FromSeconds(40);
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public Limit() => _source.CancelAfter(TestMax);

    public CancellationToken Token => _source.Token;

    public void Dispose() => _source.Dispose();
}
