"""What the bench and the differential test share: a lean wire client and throwaway servers on loopback."""
