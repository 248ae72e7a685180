namespace Drcm.Integration.Tests;

public sealed class Placeholder
{
    [Xunit.Fact]
    public void Nothing() => Xunit.Assert.Equal(2, 1 + 1);
}
