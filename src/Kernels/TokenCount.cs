namespace Tessera.Kernels;

/// <summary>The numbers of tokens that a tile may have.</summary>
public static class TokenCount
{
    /// <summary>1.</summary>
    public readonly struct One : ITokenCount
    {
        static int ITokenCount.Value => 1;
    }

    /// <summary>2.</summary>
    public readonly struct Two : ITokenCount
    {
        static int ITokenCount.Value => 2;
    }

    /// <summary>3.</summary>
    public readonly struct Three : ITokenCount
    {
        static int ITokenCount.Value => 3;
    }

    /// <summary>4.</summary>
    public readonly struct Four : ITokenCount
    {
        static int ITokenCount.Value => 4;
    }

    /// <summary>5.</summary>
    public readonly struct Five : ITokenCount
    {
        static int ITokenCount.Value => 5;
    }

    /// <summary>6.</summary>
    public readonly struct Six : ITokenCount
    {
        static int ITokenCount.Value => 6;
    }

    /// <summary>7.</summary>
    public readonly struct Seven : ITokenCount
    {
        static int ITokenCount.Value => 7;
    }

    /// <summary>8.</summary>
    public readonly struct Eight : ITokenCount
    {
        static int ITokenCount.Value => 8;
    }
}
