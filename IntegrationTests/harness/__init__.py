"""Throwaway servers, raw clients and faults that the topics share."""
