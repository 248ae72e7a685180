using Drcm.StateMachine.Configuration;
using Xunit;

namespace Drcm.Property.Tests.Configuration;

/// <summary><c>arbitration_ip</c> in cm.cfg.</summary>
public sealed class ArbitrationTests
{
    [Fact]
    public void Read_Several_AreTakenOnceEach()
    {
        var file = CmConfigReader.Read(Sample.Text(server: "arbitration_ip = 192.0.2.77, 192.0.2.78, 192.0.2.77"));

        Assert.Equal(["192.0.2.77", "192.0.2.78"], file.Definition!.ArbitrationAddresses);
        Assert.Equal(file.Definition.ArbitrationAddresses, CmConfigReader.Read(CanonicalText.Render(file.Definition)).Definition!.ArbitrationAddresses);
    }

    [Theory]
    [InlineData("router", "arbitration_ip \"router\" is no IP address")]
    [InlineData("192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4, 192.0.2.5", "arbitration_ip lists 5 addresses")]
    public void Read_WhatCannotBeAsked_IsFatal(string value, string what)
    {
        var file = CmConfigReader.Read(Sample.Text(server: $"arbitration_ip = {value}"));

        Assert.Null(file.Definition);
        Assert.Contains(file.Diagnostics, d => d.What == what);
    }

    /// <summary>It would answer for the cluster itself.</summary>
    [Fact]
    public void Read_AnAddressOfTheCluster_IsFatal()
    {
        var own = CmConfigReader.Read(Sample.Text()).Definition!.Nodes[0];
        var file = CmConfigReader.Read(Sample.Text(server: $"arbitration_ip = {own.KeepAliveAddresses[0]}"));

        Assert.Contains(file.Diagnostics, d => d.What.Contains($"belongs to {own.Id}", StringComparison.Ordinal));
    }
}
